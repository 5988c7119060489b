import ca.uhn.fhir.batch2.jobs.config.Batch2JobsConfig;
import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.api.config.ThreadPoolFactoryConfig;
import ca.uhn.fhir.jpa.api.dao.IFhirSystemDao;
import ca.uhn.fhir.jpa.batch2.JpaBatch2Config;
import ca.uhn.fhir.jpa.binary.api.IBinaryStorageSvc;
import ca.uhn.fhir.jpa.binstore.MemoryBinaryStorageSvcImpl;
import ca.uhn.fhir.jpa.config.HapiJpaConfig;
import ca.uhn.fhir.jpa.config.r4.JpaR4Config;
import ca.uhn.fhir.jpa.config.util.HapiEntityManagerFactoryUtil;
import ca.uhn.fhir.jpa.model.config.PartitionSettings;
import ca.uhn.fhir.jpa.model.config.SubscriptionSettings;
import ca.uhn.fhir.jpa.model.dialect.HapiFhirH2Dialect;
import ca.uhn.fhir.jpa.provider.IJpaSystemProvider;
import ca.uhn.fhir.jpa.provider.JpaCapabilityStatementProvider;
import ca.uhn.fhir.jpa.subscription.channel.config.SubscriptionChannelConfig;
import ca.uhn.fhir.jpa.search.DatabaseBackedPagingProvider;
import ca.uhn.fhir.rest.server.IncomingRequestAddressStrategy;
import ca.uhn.fhir.rest.server.RestfulServer;
import ca.uhn.fhir.rest.server.provider.ResourceProviderFactory;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import jakarta.persistence.EntityManagerFactory;
import java.util.Properties;
import javax.sql.DataSource;
import org.apache.commons.dbcp2.BasicDataSource;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.transaction.annotation.EnableTransactionManagement;

/** A HAPI FHIR JPA server for R4 on H2 in memory, with the settings HAPI has when nobody changes them. */
@Configuration
@EnableTransactionManagement
@Import({JpaR4Config.class, HapiJpaConfig.class, JpaBatch2Config.class, Batch2JobsConfig.class, ThreadPoolFactoryConfig.class, SubscriptionChannelConfig.class})
public class Hapi {
	private static final int CONNECTIONS = 40;

	public static void main(String[] args) throws Exception {
		var context = new AnnotationConfigApplicationContext(Hapi.class);
		var server = new Server();
		var connector = new ServerConnector(server);
		connector.setHost("127.0.0.1");
		connector.setPort(Integer.parseInt(args[0]));
		server.addConnector(connector);
		var servlets = new ServletContextHandler();
		servlets.addServlet(new ServletHolder(context.getBean(RestfulServer.class)), "/fhir/*");
		server.setHandler(servlets);
		server.start();
		System.out.println("http://127.0.0.1:" + connector.getLocalPort() + "/fhir");
		System.in.transferTo(java.io.OutputStream.nullOutputStream()); // until it closes
		System.exit(0);
	}

	@Bean
	RestfulServer server(FhirContext fhir, IFhirSystemDao<?, ?> dao, ResourceProviderFactory resources, IJpaSystemProvider system,
			JpaStorageSettings settings, ISearchParamRegistry parameters, IValidationSupport validation, DatabaseBackedPagingProvider pages) {
		var server = new RestfulServer(fhir);
		server.registerProviders(resources.createProviders());
		server.registerProvider(system);
		server.setServerConformanceProvider(new JpaCapabilityStatementProvider(server, dao, settings, parameters, validation));
		server.setServerAddressStrategy(new IncomingRequestAddressStrategy());
		pages.setMaximumPageSize(200);
		server.setPagingProvider(pages);
		return server;
	}

	@Bean
	JpaStorageSettings settings() {
		return new JpaStorageSettings();
	}

	@Bean
	PartitionSettings partitions() {
		return new PartitionSettings();
	}

	@Bean
	SubscriptionSettings subscriptions() {
		return new SubscriptionSettings();
	}

	@Bean
	IBinaryStorageSvc binaries() {
		return new MemoryBinaryStorageSvcImpl();
	}

	@Bean
	DataSource dataSource() {
		var source = new BasicDataSource();
		source.setDriver(new org.h2.Driver());
		source.setUrl("jdbc:h2:mem:hapi;DB_CLOSE_DELAY=-1");
		source.setUsername("sa");
		source.setPassword("");
		source.setMaxTotal(CONNECTIONS);
		source.setMaxIdle(CONNECTIONS);
		return source;
	}

	@Bean
	LocalContainerEntityManagerFactoryBean entityManagerFactory(ConfigurableListableBeanFactory beans, FhirContext fhir,
			JpaStorageSettings settings, DataSource source) {
		var factory = HapiEntityManagerFactoryUtil.newEntityManagerFactory(beans, fhir, settings);
		factory.setPersistenceUnitName("hapi");
		factory.setDataSource(source);
		var hibernate = new Properties();
		hibernate.put("hibernate.hbm2ddl.auto", "update");
		hibernate.put("hibernate.dialect", HapiFhirH2Dialect.class.getName());
		hibernate.put("hibernate.search.enabled", "false");
		factory.setJpaProperties(hibernate);
		return factory;
	}

	@Bean
	JpaTransactionManager transactionManager(EntityManagerFactory factory) {
		return new JpaTransactionManager(factory);
	}
}
